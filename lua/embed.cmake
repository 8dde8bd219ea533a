# Writes the Lua sources as C arrays: cmake -D ROOT=lua -D SOURCES="a.lua|b.lua" -D OUT=embedded.c -P embed.cmake
# lua/gibbs/plot.lua is the module gibbs.plot, lua/gibbs/init.lua is gibbs.
string(REPLACE "|" ";" SOURCES "${SOURCES}")
set(arrays "")
set(rows "")
set(count 0)
foreach(source IN LISTS SOURCES)
  file(RELATIVE_PATH module ${ROOT} ${source})
  string(REGEX REPLACE "\\.lua$" "" module "${module}")
  string(REPLACE "/" "." module "${module}")
  string(REGEX REPLACE "\\.init$" "" module "${module}")
  file(READ ${source} bytes HEX)
  string(LENGTH "${bytes}" size)
  math(EXPR size "${size} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  # A terminator, so that an empty file is an array too and the source can be printed.
  string(APPEND arrays "static const unsigned char source_${count}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${module}\", (const char *)source_${count}, ${size}},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "/* embedded.c - the Lua half of the library; made by embed.cmake, do not edit. */
#include \"gl_embedded.h\"

${arrays}
const struct gl_embedded gl_embedded[] = {
${rows}    {0, 0, 0},
};
")
