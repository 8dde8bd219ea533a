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
cmake_path(GET pc_folder PARENT_PATH libdir)
separate_arguments(flags UNIX_COMMAND "${flags}")
execute_process(COMMAND ${COMPILER} -std=c11 ${SOURCE}/client.c -o ${top}/client ${flags} -Wl,-rpath,${libdir}
  COMMAND_ERROR_IS_FATAL ANY)
expect("a C program" "9 sites, 18 bonds" ${top}/client)

find_program(lua NAMES lua5.4 REQUIRED)
expect("the Lua module" "table" ${CMAKE_COMMAND} -E env LUA_CPATH=${tree}/lib/lua/5.4/?.so
  ${lua} -e "print(type(require 'gibbs'))")

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
