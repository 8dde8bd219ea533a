# Plays one session at a terminal (terminal.c) and compares what stands on the screen with the file beside it:
#   cmake -D DRIVER=terminal -D PROGRAM=gibbs -D SESSION=tests/terminal/name.keys [-D UPDATE=1] -P terminal.cmake
# The program is called gibbs there, and everything is in a folder of its own, which is also the home.
cmake_minimum_required(VERSION 3.25)
cmake_path(GET PROGRAM PARENT_PATH programs)
cmake_path(REPLACE_EXTENSION SESSION LAST_ONLY out OUTPUT_VARIABLE expected_file)

string(RANDOM LENGTH 12 token)
set(folder $ENV{TMPDIR})
if(NOT folder)
  set(folder /tmp)
endif()
string(APPEND folder /gibbs-terminal-${token})
file(MAKE_DIRECTORY ${folder})
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env --unset=XDG_STATE_HOME --unset=NO_COLOR --unset=COLUMNS --unset=LINES
    HOME=${folder} INPUTRC=/dev/null TERM=xterm LC_ALL=C.UTF-8 OMP_NUM_THREADS=2 PATH=${programs}:$ENV{PATH}
    ${DRIVER} ${SESSION}
  WORKING_DIRECTORY ${folder} OUTPUT_VARIABLE text ERROR_VARIABLE trouble RESULT_VARIABLE code)
file(REMOVE_RECURSE ${folder})
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${trouble}${text}")
endif()

if(UPDATE)
  file(WRITE ${expected_file} "${text}")
  return()
endif()
file(READ ${expected_file} expected)
if(NOT text STREQUAL expected)
  message("--- expected\n${expected}--- got\n${text}---")
  message(FATAL_ERROR "${SESSION} does not leave what ${expected_file} holds")
endif()
