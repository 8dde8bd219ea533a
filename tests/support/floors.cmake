# The floors, and which floor each header belongs to.  A floor may use the headers of its own floor and of those below.
set(gibbs_floor_order base expr model exact sample estimate objective rg run lua app)

# A header of include/gibbs or include/gibbs/private belongs to the floor whose folder holds its .c file; those that several
# files stand behind, or none, are listed here.
set(gibbs_headers_of_base clones parallel vectorfloat)
set(gibbs_headers_of_expr expr ops program)
set(gibbs_headers_of_exact exact)
set(gibbs_headers_of_sample chains)
set(gibbs_headers_of_objective minimize objective)
set(gibbs_headers_of_rg recursions)
set(gibbs_headers_of_lua lua)

# The floor of a quoted include such as gibbs/expr.h, gibbs/private/clones.h or products.h; empty when it is unknown.
function(gibbs_floor_of_header root header out)
  set(found "")
  foreach(floor IN LISTS gibbs_floor_order)
    if(header MATCHES "^gibbs/(private/)?([a-z0-9_]+)\\.(h|def)$")
      set(name ${CMAKE_MATCH_2})
      if(name IN_LIST gibbs_headers_of_${floor})
        set(${out} ${floor} PARENT_SCOPE)
        return()
      elseif(EXISTS ${root}/src/${floor}/${name}.c)
        list(APPEND found ${floor})
      endif()
    elseif(EXISTS ${root}/src/${floor}/${header})
      list(APPEND found ${floor})
    endif()
  endforeach()
  list(POP_FRONT found first)
  set(${out} "${first}" PARENT_SCOPE)
endfunction()
