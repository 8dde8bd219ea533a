--- Doc entries: gibbs.minimize, and the fields of what it gives.

---A field of a result: what it is in one sentence.
local function field(name, returns, what)
  return { name = name, returns = returns, what = what }
end

return {
  title = "Training",
  order = 40,
  {
    name = "fit",
    what = "What gibbs.minimize came to: a table whose fields are listed here. What a run does not know is nil; a misspelt field is an error.",
    example = [[
local x = gibbs.parameter("x", {}, 3)
print(gibbs.minimize((x - 1) ^ 2, x).reason, string.format("%.6f", x:get()))  --> converged	1.000000]],
  },
  {
    name = "gibbs.minimize",
    signature = "gibbs.minimize(objective, what, options?)",
    what = "Minimise an objective over parameters, which are left at the best point that was found. Without `estimate`, or with gibbs.exact() or gibbs.transfer(), "
      .. "gradients are exact and the methods are lbfgs (the default), adam, momentum and sgd; with a way to sample (gibbs.pcd{}, gibbs.cd{}, "
      .. "gibbs.chains{}, gibbs.jarzynski{}) it is training: adam (the default), momentum, sgd, rmsprop and natural. subject_to = { objective, equals = 0 } keeps "
      .. "another objective equal to a number by an augmented Lagrangian. `converged` is true only at a minimum that is attained; `reason` says what else it was.",
    parameters = {
      { "objective", "objective", "any scalar of parameters too; to maximise, minimise its negative" },
      { "what", "distribution|expression|table", "the parameters that vary: all of a distribution, one, or a list of these; 256 at most" },
      { "options", "table", "named, below; those of training on samples and those of exact gradients differ, and an error says which is which" },
      { "estimate", "estimator", "" },
      { "subject_to", "table", "" },
      { "held_out", "objective", "" },
      { "watch", "function", "" },
      { "checkpoint", "string", "" },
      { "resume", "boolean|string", "" },
    },
    options = "gibbs.minimize",
    returns = "fit",
    returns_what = "value, steps, reason, history, ...: see fit.value and the others",
    errors = "the objective depends on none of the parameters that vary; too many states for exact gradients; a value that is not finite at a start; options of the other "
      .. "kind of run; a checkpoint in the way (resume or overwrite). With a checkpoint, Ctrl-C raises an error that says how to go on.",
    cost = "lbfgs: about two evaluations a step, and 4 gradients an element for each of two or three Hessians at the end (300 elements at most); training: k sweeps and one "
      .. "gradient a step.",
    source = "Fletcher, Practical Methods of Optimization (1987), for lbfgs; Kingma and Ba, ICLR (2015); Amari, Neural Computation 10 (1998) 251; Polyak and Juditsky, SIAM J. Control Optim. 30 (1992) 838",
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), init = gibbs.normal(0, 0.5) }
local fit = gibbs.minimize(gibbs.kl(P, Q), Q, { restarts = 4 })
print(string.format("%.6f", fit.value), fit.converged, fit.starts)  --> 0.119180	true	4]],
  },
  field("fit.value", "number", "The objective at the end: exact, or estimated on the last samples (the mean over the averaged steps); nil where samples do not tell it."),
  field("fit.value_error", "number", "One standard error of fit.value; on samples only, nil where not known."),
  field("fit.gradient_norm", "number", "At the end: the largest component of an exact gradient; the Euclidean norm of the last one on samples."),
  field("fit.converged", "boolean", "Exact gradients: whether a minimum was reached that is attained, with a gradient below the tolerance. Nil on samples."),
  field("fit.verdict", "string", "Why it ended, a word: converged, steps, stalled, runaway, saddle, infeasible, stopped or interrupted; on samples steps, patience, out_of_equilibrium, stopped or interrupted."),
  field("fit.reason", "string", "The verdict as a sentence."),
  field("fit.steps", "integer", "Steps that were done (of the best start)."),
  field("fit.evaluations", "integer", "Exact gradients: evaluations of all starts."),
  field("fit.starts", "integer", "Exact gradients: how many starts were made, options.restarts."),
  field("fit.agreed", "integer", "Exact gradients: how many starts ended within `agreement` of the best value."),
  field("fit.best_start", "integer", "Exact gradients: the number of the best start, from 1 (which is at the values that were there)."),
  field("fit.curvature_known", "boolean", "Exact gradients: whether the Hessian at the end was looked at (up to 300 elements)."),
  field("fit.lowest_curvature", "number", "The smallest eigenvalue of the Hessian at the end (on the constraint's surface, if there is one); nil where not known."),
  field("fit.flat_directions", "integer", "How many eigenvalues of the Hessian are zero within rounding; nil where not known."),
  field("fit.constraint", "number", "subject_to: objective - level at the end, 0 where it is met; nil without a constraint."),
  field("fit.constraint_error", "number", "One standard error of fit.constraint on samples."),
  field("fit.multiplier", "number", "subject_to: the Lagrange multiplier mu in grad value + mu grad constraint = 0."),
  field("fit.rollbacks", "integer", "Samples: how often training went back to the last good point."),
  field("fit.averaged", "integer", "Samples: the number of last steps whose mean the parameters are; 0: those of one step."),
  field("fit.best_step", "integer", "held_out: the step before which the held-out objective was best; nil without a look."),
  field("fit.held_out", "number", "held_out: its best value."),
  field("fit.held_out_error", "number", "One standard error of fit.held_out."),
  field("fit.resumed_at", "integer", "checkpoint or resume: the step that the run went on from; 0: it began anew."),
  field("fit.checkpoint", "string", "checkpoint: the path of the file."),
  field("fit.history", "table[]", "A list of records, one a kept step: those of a training record on samples; start, step, value, gradient_norm and constraint with exact gradients. "
    .. "What a record does not know of its step is nil."),
  field("training record.step", "integer", "The number of the step: from 1 on samples, from 0 (the start) with exact gradients."),
  field("training record.start", "integer", "Exact gradients: the number of the start, from 1."),
  field("training record.rollbacks", "integer", "Samples: returns to the last good point so far."),
  field("training record.value", "number", "The objective at the step's samples, before the step."),
  field("training record.value_error", "number", "One standard error; nil where the estimate is not to be trusted."),
  field("training record.constraint", "number", "subject_to: objective - level."),
  field("training record.constraint_error", "number", "One standard error of constraint."),
  field("training record.multiplier", "number", "subject_to: the multiplier before the step."),
  field("training record.gradient_norm", "number", "Of the objective and what holds the constraint: Euclidean on samples, the largest component with exact gradients."),
  field("training record.rate", "number", "The step size of the step."),
  field("training record.free_energy", "number", "F of the model, where it is known."),
  field("training record.free_energy_error", "number", "One standard error of free_energy."),
  field("training record.ess", "number", "Effective chains of the model's as a share of all: 1 without weights."),
  field("training record.r_hat", "number", "R-hat of H over the model's chains over the last steps."),
  field("training record.changed", "number", "Share of units that changed in the last sweep, or the acceptance."),
  field("training record.held_out", "number", "The held-out objective at the last look, before that step."),
  field("training record.held_out_error", "number", "One standard error of held_out."),
}
