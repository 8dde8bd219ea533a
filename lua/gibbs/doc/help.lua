--- Doc entries: help itself.

return {
  title = "Help",
  order = 1000,
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
