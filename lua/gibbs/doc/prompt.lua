--- Doc entries: values at the prompt, and the progress of loops.

return {
  title = "Prompt and progress",
  order = 900,
  {
    name = "gibbs.show",
    signature = "gibbs.show(...)",
    what = "Prints all that there is of values, one after the other: the numbers of a tensor in rows, the entries of a table, the fields of an object, what a "
      .. "distribution says of itself. At the prompt it is there as show(x), and a value alone is shown in one line.",
    parameters = { { "...", "any", "values" } },
    cost = "of a table at most 1000 entries",
    example = [[
gibbs.show(gibbs.tensor{ { 1, 2.5 }, { -3, 4 } })
--> tensor 2x2, -3..4, mean 1.125
-->     1 2.5
-->    -3   4
gibbs.show{ size = 8, weights = { 0, 0.5, 1 } }
--> {
-->   size = 8
-->   weights = {0, 0.5, 1}
--> }]],
  },
  {
    name = "gibbs.progress",
    signature = "gibbs.progress(n, what?)",
    what = "Counts from 1 to n in a for loop, and shows how far it is: on a terminal in one line with the rate and the time left, which is gone at the end or when "
      .. "the loop is left; where the standard error is no terminal in a line after half a minute, then after ever longer times; not at all with --quiet or in "
      .. "another interpreter. What takes less than a second is not told of. The long computations of gibbs do so by themselves, and those within such a loop "
      .. "are told of behind it.",
    parameters = {
      { "n", "integer", "the last number, from 0 to 1e15" },
      { "what?", "string", "what the line calls the loop (default \"loop\")" },
    },
    returns = "function",
    returns_what = "what a for loop needs",
    cost = "about a tenth of a microsecond a number",
    example = [[
local sum = 0
for i in gibbs.progress(1000, "numbers") do sum = sum + i end
print(sum)  --> 500500]],
    see = { "gibbs.clock" },
  },
}
