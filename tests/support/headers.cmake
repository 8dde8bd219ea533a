# Every public header compiles alone and is in gibbs.h: cmake -D ROOT=<project> -D COMPILER=cc -P headers.cmake
cmake_minimum_required(VERSION 3.25)
set(wrong "")
file(GLOB headers RELATIVE ${ROOT}/include ${ROOT}/include/gibbs/*.h)
file(READ ${ROOT}/include/gibbs/gibbs.h whole)
foreach(header IN LISTS headers)
  # The header as the only text of a translation unit: -x c with the header itself would not warn of what is unused.
  execute_process(COMMAND ${COMPILER} -std=c11 -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Werror
      -I${ROOT}/include -include ${header} -x c /dev/null
    RESULT_VARIABLE failed ERROR_VARIABLE text)
  if(failed)
    list(APPEND wrong "${header} does not compile alone:\n${text}")
  endif()
  if(NOT header STREQUAL "gibbs/gibbs.h" AND NOT whole MATCHES "#include \"${header}\"")
    list(APPEND wrong "gibbs/gibbs.h does not include ${header}")
  endif()
endforeach()
if(NOT headers)
  list(APPEND wrong "no header was found under ${ROOT}/include")
endif()
if(wrong)
  list(JOIN wrong "\n" text)
  message(FATAL_ERROR "${text}")
endif()
