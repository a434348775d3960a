include "fuzz.yar"
rule a { condition: "