--- Doc entries: help itself.

return {
  title = "Help",
  order = 1000,
  {
    name = "gibbs doc",
    signature = "gibbs doc [TOPIC]",
    what = "Prints the page on a function, a method, a class of objects, a command or a row of a list; of a word that is no name, what speaks of it. On a terminal "
      .. "it is as wide as that, and paged by $PAGER or less when it is longer. Without a topic: how to get help, and what there is.",
    parameters = { { "TOPIC", "string", "a name, with or without 'gibbs.': kl, lattice.square, Q:sample, 'class chains', 'list kernels'" } },
    errors = "Exit code 2 where nothing is known of the topic; the nearest right name is told.",
    example = [[
gibbs doc inverse
# --> inverse, one of the schedules
# -->
# -->   rate / (1 + c t), with rate_end at the last step (Robbins and Monro 1951)]],
  },
  {
    name = "gibbs list",
    signature = "gibbs list [KIND]",
    what = "Prints what there is of a kind (families, objectives, estimators, kernels, ...), a line each in a pipe; without a kind, what there is a list of.",
    parameters = { { "KIND", "string", "the name of a list" } },
    errors = "Exit code 2 where there is no such list.",
    example = [[
gibbs list optimisers | grep adam
# -->   adam      Adam (Kingma and Ba 2015)
# -->   adam      Adam (Kingma and Ba 2015)]],
  },
  {
    name = "gibbs.help",
    signature = "gibbs.help(x?)",
    what = "Prints what there is to know of a thing: a function or a method, an object (its class, with all methods and fields), or a name in a string, with or "
      .. "without 'gibbs.'. A word that is no name is looked for in all entries, and a misspelt one gets the nearest right one. Without an argument: how to get "
      .. "help, and what there is. At the prompt it is there as help(x).",
    parameters = { { "x?", "any", "a function, an object, or a name or a word as a string" } },
    example = [[
gibbs.help "list schedules"
--> schedules: how the rate of gibbs.minimize changes
-->   constant     rate all along
-->   linear       straight from rate to rate_end
-->   exponential  by a constant factor a step from rate to rate_end
-->   cosine       half a cosine from rate to rate_end
-->   inverse      rate / (1 + c t), with rate_end at the last step (Robbins and
-->                Monro 1951)]],
  },
}
