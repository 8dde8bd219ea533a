-- The study of the note runs from end to end on few starts, finds its own known values, and leaves its tables and figures.
local folder = os.tmpname()
os.remove(folder) -- a name is what is wanted, not a file
arg[1], arg[2], arg[3], arg[4] = "--out", folder, "--starts", "3"
dofile "../../scripts/kl_vs_free_energy.lua" -- an error if a known value does not hold

local names = {
  "equations.csv", "kl_optima.csv", "free_energy_descents.csv", "special_case.csv", "front.csv", "front_summary.csv", "transition.csv",
  "gauge.csv", "budget.csv", "exact_machines.csv", "figure_landscape.svg", "figure_front.svg",
}
for _, name in ipairs(names) do
  local path = folder .. "/" .. name
  local file = assert(io.open(path, "rb"), path .. " is missing")
  assert(#file:read "a" > 100, path .. " is empty")
  file:close()
  os.remove(path)
end
for _, name in ipairs{ "figure_landscape.csv", "figure_landscape-points.csv", "figure_front.csv" } do os.remove(folder .. "/" .. name) end
assert(os.remove(folder), "the study left files that are not listed in " .. folder)
