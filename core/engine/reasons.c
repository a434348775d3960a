/* SPDX-License-Identifier: Apache-2.0
 * Copyright The Sekisho authors */

#include "config.h"

#include "engine/reasons.h"

/** What people read of a reason. */
typedef struct Reason {
  const char *title, *title_ja, *description;
} Reason;

static const Reason reasons[SK_N_REASONS] = {
  [SK_REASON_ENCRYPTED]
  = { "Encrypted, not opened", "暗号化されているため検査できませんでした",
      "The object is encrypted and none of the passwords found in the same input opened it. Its "
      "content was not looked at." },
  [SK_REASON_LIMIT]
  = { "Over a limit, not fully inspected", "上限を超えたため一部を検査していません",
      "The object is deeper, larger or more expensive to read than a limit allows; the evidence "
      "names the limit. What lies within the limit was inspected. Limits are set in sekisho.yaml." },
  [SK_REASON_TIMEOUT]
  = { "Inspection made no progress", "検査が進まず打ち切られました",
      "A plugin made no progress within its time on this object and was stopped. All other plugins "
      "ran on it." },
  [SK_REASON_CRASH]
  = { "A plugin crashed on the object", "検査中にプラグインが異常終了しました",
      "A plugin died on this object. All other plugins ran on it. A file that crashes a reader may "
      "be made for that purpose." },
  [SK_REASON_MEMORY]
  = { "A plugin ran out of memory", "検査中にメモリが不足しました",
      "A plugin needed more memory on this object than a worker may use. All other plugins ran on "
      "it." },
  [SK_REASON_CHANGED]
  = { "Changed while it was read", "読み取り中に変更されました",
      "The file changed, shrank or vanished while it was inspected, so what was inspected is not "
      "what is there now. Scan it again." },
  [SK_REASON_UNREADABLE]
  = { "Could not be read", "読み取れませんでした",
      "The system refused to give the bytes of this object; the evidence holds its answer." },
  [SK_REASON_MALFORMED]
  = { "Malformed, not fully read", "形式が壊れているため一部を読めませんでした",
      "The object is broken so that part of it could not be read. Other programs may read what "
      "this one did not." },
  [SK_REASON_UNSUPPORTED]
  = { "Unsupported format or method", "対応していない形式です",
      "The object uses a format or method that nothing here reads, so its content was not looked "
      "at." },
  [SK_REASON_TRUNCATED]
  = { "Truncated", "末尾が欠けています",
      "The end of the object is missing; what is there was inspected." },
  [SK_REASON_RULES]
  = { "Some rules were not judged", "一部のルールを評価できませんでした",
      "The matcher abandoned some rules on this object; the evidence names them. All other rules "
      "were judged." },
  [SK_REASON_FAILED]
  = { "A plugin reported a failure", "プラグインがエラーを報告しました",
      "A plugin could not do its work for a reason that is not in the object; the evidence tells "
      "which." },
  [SK_REASON_CANCELLED]
  = { "Cancelled before its turn", "検査前に中止されました",
      "The run was ended before this object was inspected." },
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
        .level = sk_reason_level ((SkReason) i),
        .score = -1,
      };
      g_array_append_val (catalogue->rules, rule);
    }
}
