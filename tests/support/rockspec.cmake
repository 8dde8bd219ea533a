# The rockspec: read by luarocks, and, where a compiler cache makes it cheap, built and loaded by lua5.4:
#   cmake -D ROOT=<project> -D SCRATCH=<folder> -D LAUNCHER=<compiler launcher, or empty> -P rockspec.cmake
cmake_minimum_required(VERSION 3.25)
find_program(luarocks NAMES luarocks)
find_program(lua NAMES lua5.4)
if(NOT luarocks OR NOT lua)
  message("skipped: luarocks or lua5.4 is not installed")
  return()
endif()
set(rockspec lua/gibbs-scm-1.rockspec)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT code EQUAL 0)
    file(REMOVE_RECURSE ${SCRATCH})
    message(FATAL_ERROR "${ARGN} (${code}): ${text}")
  endif()
  set(text "${text}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
run(${luarocks} --lua-version 5.4 lint ${ROOT}/${rockspec})
if(NOT LAUNCHER)
  message("luarocks reads the rockspec; it is built where a compiler launcher is set, as by CMAKE_C_COMPILER_LAUNCHER=ccache")
  return()
endif()

# luarocks builds in the folder that it is called from: one of links, so that nothing is left in the source.
file(MAKE_DIRECTORY ${SCRATCH}/source)
foreach(item CMakeLists.txt include lua scripts src LICENSE)
  file(CREATE_LINK ${ROOT}/${item} ${SCRATCH}/source/${item} SYMBOLIC)
endforeach()
run(${CMAKE_COMMAND} -E chdir ${SCRATCH}/source ${CMAKE_COMMAND} -E env CMAKE_C_COMPILER_LAUNCHER=${LAUNCHER} CMAKE_BUILD_PARALLEL_LEVEL=2
  ${luarocks} --lua-version 5.4 --tree ${SCRATCH}/tree make ${rockspec})
run(${CMAKE_COMMAND} -E env LUA_CPATH=${SCRATCH}/tree/lib/lua/5.4/?.so ${lua}
  -e "local g = require 'gibbs' print(g.ising{ lattice = g.lattice.square(4, 4), J = 0.408 }:free_energy())")
file(REMOVE_RECURSE ${SCRATCH})
if(NOT text STREQUAL "-14.740191127369\n")
  message(FATAL_ERROR "the module that luarocks installed says '${text}'")
endif()
message("luarocks built the module, and lua5.4 loads it")
