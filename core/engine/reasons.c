/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "engine/reasons.h"

/** What people read of a reason. */
typedef struct Reason {
  const char *title, *title_ja, *description, *description_ja;
} Reason;

static const Reason reasons[SK_N_REASONS] = {
  [SK_REASON_ENCRYPTED]
  = { "Encrypted, not opened", "暗号化されているため検査できませんでした",
      "The object is encrypted and none of the passwords that were known (`--password-file`, "
      "secrets.password-files) opened it. Its content was not looked at.",
      "オブジェクトは暗号化されており、登録されたどのパスワード (`--password-file`、secrets.password-files) でも開けませんでした。中身は検査していません。" },
  [SK_REASON_LIMIT]
  = { "Over a limit, not fully inspected", "上限を超えたため一部を検査していません",
      "The object is deeper, larger or more expensive to read than a limit allows; the evidence "
      "names the limit. What lies within the limit was inspected. Limits are set in sekisho.yaml.",
      "オブジェクトの深さ・大きさ・処理量が上限を超えています。超えた上限は根拠欄にあります。上限の内側は検査しました。上限は sekisho.yaml で設定します。" },
  [SK_REASON_TIMEOUT]
  = { "Inspection made no progress", "検査が進まず打ち切られました",
      "A plugin made no progress within its time on this object and was stopped. All other plugins "
      "ran on it.",
      "プラグインが制限時間内に処理を進められず、停止しました。ほかのプラグインはすべて実行しました。" },
  [SK_REASON_CRASH]
  = { "A plugin crashed on the object", "検査中にプラグインが異常終了しました",
      "A plugin died on this object. All other plugins ran on it. A file that crashes a reader may "
      "be made for that purpose.",
      "このオブジェクトの検査中にプラグインが異常終了しました。ほかのプラグインはすべて実行しました。解析プログラムを落とすために作られたファイルかもしれません。" },
  [SK_REASON_MEMORY]
  = { "A plugin ran out of memory", "検査中にメモリが不足しました",
      "A plugin needed more memory on this object than a worker may use. All other plugins ran on "
      "it.",
      "プラグインがワーカーの上限を超えるメモリーを必要としました。ほかのプラグインはすべて実行しました。" },
  [SK_REASON_CHANGED]
  = { "Changed while it was read", "読み取り中に変更されました",
      "The file changed, shrank or vanished while it was inspected, so what was inspected is not "
      "what is there now. Scan it again.",
      "検査の間にファイルが変更・短縮・削除されたため、検査した内容は現在の内容と異なります。もう一度検査してください。" },
  [SK_REASON_UNREADABLE]
  = { "Could not be read", "読み取れませんでした",
      "The system refused to give the bytes of this object; the evidence holds its answer.",
      "システムがこのオブジェクトの読み取りを拒否しました。理由は根拠欄にあります。" },
  [SK_REASON_MALFORMED]
  = { "Malformed, not fully read", "形式が壊れているため一部を読めませんでした",
      "The object is broken so that part of it could not be read. Other programs may read what "
      "this one did not.",
      "形式が壊れており、一部を読めませんでした。ほかのプログラムでは、ここで読めなかった部分が読める場合があります。" },
  [SK_REASON_UNSUPPORTED]
  = { "Unsupported format or method", "対応していない形式です",
      "The object uses a format or method that nothing here reads, so its content was not looked "
      "at.",
      "対応していない形式または方式のため、中身は検査していません。" },
  [SK_REASON_TRUNCATED]
  = { "Truncated", "末尾が欠けています",
      "The end of the object is missing; what is there was inspected.",
      "オブジェクトの末尾がありません。残っている部分は検査しました。" },
  [SK_REASON_RULES]
  = { "Some rules were not judged", "一部のルールを評価できませんでした",
      "The matcher abandoned some rules on this object; the evidence names them. All other rules "
      "were judged.",
      "このオブジェクトについて一部のルールの評価を打ち切りました。対象は根拠欄にあります。ほかのルールはすべて評価しました。" },
  [SK_REASON_FAILED]
  = { "A plugin reported a failure", "プラグインがエラーを報告しました",
      "A plugin could not do its work for a reason that is not in the object; the evidence tells "
      "which.",
      "オブジェクト以外の原因でプラグインが処理できませんでした。理由は根拠欄にあります。" },
  [SK_REASON_CANCELLED]
  = { "Cancelled before its turn", "検査前に中止されました",
      "The run was ended before this object was inspected.",
      "順番が来る前に実行が終了したため、検査していません。" },
};

void
sk_reasons_register (SkCatalogue *catalogue)
{
  for (int i = 0; i < SK_N_REASONS; i++)
    {
      SkRule rule = {
        .id = g_strdup (sk_reason_id ((SkReason) i)),
        .title = g_strdup (reasons[i].title),
        .title_ja = g_strdup (reasons[i].title_ja),
        .description = g_strdup (reasons[i].description),
        .description_ja = g_strdup (reasons[i].description_ja),
        .level = sk_reason_level ((SkReason) i),
        .score = -1,
      };
      g_array_append_val (catalogue->rules, rule);
    }
}
