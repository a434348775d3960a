#include "config.h"
#include "run/supervisor.h"
__attribute__((weak)) SkSupervisor *sk_supervisor_new (const SkRunSettings *s, const SkRunCallbacks *c, SkBundle *b, GError **e) {(void)s;(void)c;(void)b;(void)e; return 0;}
__attribute__((weak)) const SkCatalogue *sk_supervisor_catalogue (const SkSupervisor *s){(void)s;return 0;}
__attribute__((weak)) gboolean sk_supervisor_run (SkSupervisor *s, SkWalk *w, bool *i, GError **e){(void)s;(void)w;(void)i;(void)e;return 0;}
__attribute__((weak)) void sk_supervisor_stop (SkSupervisor *s){(void)s;}
__attribute__((weak)) void sk_supervisor_free (SkSupervisor *s){(void)s;}
