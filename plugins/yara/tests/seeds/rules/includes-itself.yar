/*"a comm%nt { */ import "te = "b\"}"include "fuzz.yar"
pe"
private = "b\"}"include "fuzz.yar"
rule  a { conditingsirts: $a = "xo" $h = { 7[2-4] // n:} 