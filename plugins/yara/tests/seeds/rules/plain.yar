/* a comment { */ import "pe"
private global rule one : tag { meta: a = "b\"}" strings: $a = "x" $h = { 7D [2-4] // }
 7B } $r = /\/}/i condition: $a and two* and pe.is_pe }
rule two { condition: 4 \ 2 == 2 }
