# Installs into an empty folder, moves the tree, and uses it from elsewhere as a program, a C library and a Lua module:
#   cmake -D BUILD=<build tree> -D COMPILER=cc -D SOURCE=<tests/support> -P install.cmake
cmake_minimum_required(VERSION 3.25)
string(RANDOM LENGTH 12 token)
set(top ${BUILD}/install-test-${token})

# Runs a command from the root folder; its standard output has to be `expected`.
function(expect what expected)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY / OUTPUT_VARIABLE text ERROR_VARIABLE trouble RESULT_VARIABLE code
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT code EQUAL 0 OR NOT text STREQUAL expected)
    file(REMOVE_RECURSE ${top})
    message(FATAL_ERROR "${what}: expected '${expected}', got '${text}' (${code})\n${trouble}")
  endif()
endfunction()

execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${top}/first OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${top}/first ${top}/moved)
set(tree ${top}/moved)

expect("the program" "3" ${tree}/bin/gibbs -e "print(require 'gibbs' and 1 + 2)")

file(GLOB_RECURSE digits ${tree}/digits-images.idx.gz)
expect("the digits" "data: 1797 configurations of 8x8 units" ${tree}/bin/gibbs -e "print(require 'gibbs'.data '${digits}')")

file(GLOB_RECURSE pc ${tree}/gibbs.pc)
cmake_path(GET pc PARENT_PATH pc_folder)
set(pc_env ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${pc_folder} pkg-config)
execute_process(COMMAND ${pc_env} --cflags --libs gibbs OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags}")
execute_process(COMMAND ${COMPILER} -std=c11 ${SOURCE}/client.c -o ${top}/client ${flags}
  COMMAND_ERROR_IS_FATAL ANY)
expect("a C program" "9 sites, 18 bonds" ${top}/client)

# A model in a file, for a program that has no Lua.
expect("saving a model" "" ${tree}/bin/gibbs -e "local g = require 'gibbs'
  g.ising{ lattice = g.lattice.square(4, 4), J = 0.408 }:save('${top}/model.h5')")
expect("loading it in C" "ising, F = -14.740191127369" ${top}/client ${top}/model.h5)

find_program(lua NAMES lua5.4 REQUIRED)
set(stock ${CMAKE_COMMAND} -E env LUA_CPATH=${tree}/lib/lua/5.4/?.so ${lua})
expect("the Lua module" "table" ${stock} -e "print(type(require 'gibbs'))")
# lua5.4 ends while threads of the module may still wait for work, spinning as they do unless told otherwise.
foreach(time RANGE 1 10)
  expect("the Lua module, at its end" "-14.740191127369" ${CMAKE_COMMAND} -E env --unset=GOMP_SPINCOUNT ${stock}
    -e "local g = require 'gibbs' print(g.ising{ lattice = g.lattice.square(4, 4), J = 0.408 }:free_energy())")
endforeach()

# The same script, by the program and by lua5.4: the same numbers, files and figure.
foreach(host gibbs lua)
  file(MAKE_DIRECTORY ${top}/${host})
  set(command ${tree}/bin/gibbs)
  if(host STREQUAL "lua")
    set(command ${stock})
  endif()
  execute_process(COMMAND ${command} ${SOURCE}/stock.lua --digits ${digits} --hidden=12 --seed 3 WORKING_DIRECTORY ${top}/${host}
    OUTPUT_VARIABLE said_by_${host} ERROR_VARIABLE trouble RESULT_VARIABLE code)
  if(NOT code EQUAL 0 OR NOT said_by_${host} MATCHES "step.*40.*loss.*\nsame\ttrue\tfalse\n")
    file(REMOVE_RECURSE ${top})
    message(FATAL_ERROR "stock.lua in ${host} (${code}): ${said_by_${host}}\n${trouble}")
  endif()
endforeach()
if(NOT said_by_gibbs STREQUAL said_by_lua)
  message(SEND_ERROR "gibbs and lua5.4 differ:\n${said_by_gibbs}\n${said_by_lua}")
endif()
file(READ ${top}/lua/filters.svg figure)
if(NOT figure MATCHES "^<\\?xml" OR NOT EXISTS ${top}/lua/filters.csv)
  message(SEND_ERROR "lua5.4 drew no figure, or left its data out")
endif()
foreach(file filters.csv digits.h5)
  file(SHA256 ${top}/gibbs/${file} by_gibbs)
  file(SHA256 ${top}/lua/${file} by_lua)
  if(NOT by_gibbs STREQUAL by_lua)
    message(SEND_ERROR "${file} is another one in lua5.4")
  endif()
endforeach()

# The first script of the README, as a newcomer types it.
file(READ ${SOURCE}/../../README.md readme)
string(REGEX MATCH "```lua\n([^`]*)```" first "${readme}")
file(WRITE ${top}/first.lua "${CMAKE_MATCH_1}")
execute_process(COMMAND ${tree}/bin/gibbs first.lua WORKING_DIRECTORY ${top} OUTPUT_VARIABLE text ERROR_VARIABLE text RESULT_VARIABLE code)
string(REGEX MATCHALL "\n" lines "${CMAKE_MATCH_1}")
list(LENGTH lines count)
if(NOT code EQUAL 0 OR NOT EXISTS ${top}/first.png OR count GREATER 30)
  message(SEND_ERROR "the README's first script, of ${count} lines (${code}): ${text}")
endif()

# Options as lua5.4 hands them over.
execute_process(COMMAND ${stock} ${SOURCE}/stock.lua --help OUTPUT_VARIABLE text RESULT_VARIABLE code)
if(NOT code EQUAL 0 OR NOT text MATCHES "--hidden +hidden units \\(.*; default 16\\)")
  message(SEND_ERROR "--help of a script in lua5.4 (${code}): ${text}")
endif()
execute_process(COMMAND ${stock} ${SOURCE}/stock.lua --hiden 3 ERROR_VARIABLE text RESULT_VARIABLE code)
if(NOT code EQUAL 2 OR NOT text MATCHES "unknown option '--hiden'; did you mean '--hidden'")
  message(SEND_ERROR "a misspelt option in lua5.4 (${code}): ${text}")
endif()
expect("Ctrl-C in lua5.4" "interrupted" ${CMAKE_COMMAND} -E env LUA_CPATH=${tree}/lib/lua/5.4/?.so
  ${SOURCE}/stock_interrupted.sh ${lua})

expect("help in stock Lua" "string.format: a function of Lua 5.4, https://www.lua.org/manual/5.4/manual.html#pdf-string.format"
  ${CMAKE_COMMAND} -E env LUA_CPATH=${tree}/lib/lua/5.4/?.so ${lua} -e "require 'gibbs'.help(string.format)")

file(GLOB_RECURSE documents ${tree}/share/man/man1/gibbs.1 ${tree}/share/gibbs/meta/gibbs.d.lua)
list(LENGTH documents count)
if(NOT count EQUAL 2)
  file(REMOVE_RECURSE ${top})
  message(FATAL_ERROR "the manual page and the annotations should be installed: ${documents}")
endif()

file(GLOB_RECURSE private ${tree}/include/*/private/*)
if(private)
  file(REMOVE_RECURSE ${top})
  message(FATAL_ERROR "private headers were installed: ${private}")
endif()
file(REMOVE_RECURSE ${top})
