/* variable.c - random variables: units of one domain. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "graph.h"

enum { most_states = 65535 };

struct gibbs_variable {
  size_t references;
  gibbs_domain domain;
  size_t states;
  gibbs_shape units, shape;
  gibbs_variable *twin; /* made when first needed */
  char name[];
};

const char *gibbs_domain_name(gibbs_domain domain) {
  static const char *const name[] = {
#define X(id, text, doc) text,
      GIBBS_DOMAIN_LIST(X)
#undef X
  };
  return (unsigned)domain < GIBBS_DOMAIN_COUNT ? name[domain] : "unknown";
}

static gibbs_status check_domain(gibbs_domain domain, size_t states, gibbs_error *err) {
  if ((unsigned)domain >= GIBBS_DOMAIN_COUNT)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "variable: unknown domain %u", (unsigned)domain);
  if (domain == GIBBS_POTTS && (states < 2 || states > most_states))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "potts: %zu states; a unit has 2 to %d", states, most_states);
  return GIBBS_OK;
}

/* Potts units are seen as indicators, one for each state, on a last axis. */
static gibbs_status find_shape(gibbs_domain domain, size_t states, const gibbs_shape *units, gibbs_shape *out,
                               gibbs_error *err) {
  gibbs_status status = gibbs_shape_check(units, err);
  if (status != GIBBS_OK) return status;
  *out = *units;
  if (domain != GIBBS_POTTS) return GIBBS_OK;
  if (units->rank == GIBBS_MAX_RANK)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "potts: units of %zu axes; at most %d, for the states take one more",
                      units->rank, GIBBS_MAX_RANK - 1);
  out->extent[out->rank++] = states;
  return gibbs_shape_check(out, err);
}

gibbs_status gibbs_variable_new(const char *name, gibbs_domain domain, size_t states, const gibbs_shape *shape,
                                gibbs_variable **out, gibbs_error *err) {
  static const size_t states_of[GIBBS_DOMAIN_COUNT] = {[GIBBS_SPINS] = 2, [GIBBS_BITS] = 2};
  gibbs_shape seen;
  gibbs_status status = check_domain(domain, states, err);
  if (status == GIBBS_OK) status = find_shape(domain, states, shape, &seen, err);
  if (status != GIBBS_OK) return status;
  size_t length = name ? strlen(name) : 0;
  gibbs_variable *variable = malloc(sizeof *variable + length + 1);
  if (!variable) return gibbs_fail_memory(err, "variable", sizeof *variable + length + 1);
  *variable = (gibbs_variable){.references = 1,
                               .domain = domain,
                               .units = *shape,
                               .shape = seen,
                               .states = domain == GIBBS_POTTS ? states : states_of[domain]};
  memcpy(variable->name, name ? name : "", length + 1);
  *out = variable;
  return GIBBS_OK;
}

gibbs_variable *gibbs_variable_retain(gibbs_variable *variable) {
  variable->references++;
  return variable;
}

void gibbs_variable_release(gibbs_variable *variable) {
  while (variable && --variable->references == 0) {
    gibbs_variable *twin = variable->twin;
    free(variable);
    variable = twin;
  }
}

gibbs_status gibbs_variable_twin(gibbs_variable *variable, gibbs_variable **out, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (!variable->twin)
    status = gibbs_variable_new(variable->name, variable->domain, variable->states, &variable->units, &variable->twin,
                                err);
  if (status == GIBBS_OK) *out = variable->twin;
  return status;
}

const char *gibbs_variable_name(const gibbs_variable *variable) {
  return variable->name;
}

gibbs_domain gibbs_variable_domain(const gibbs_variable *variable) {
  return variable->domain;
}

size_t gibbs_variable_states(const gibbs_variable *variable) {
  return variable->states;
}

const gibbs_shape *gibbs_variable_units_shape(const gibbs_variable *variable) {
  return &variable->units;
}

size_t gibbs_variable_units(const gibbs_variable *variable) {
  return gibbs_shape_size(&variable->units);
}

const gibbs_shape *gibbs_variable_shape(const gibbs_variable *variable) {
  return &variable->shape;
}

size_t gibbs_variable_size(const gibbs_variable *variable) {
  return gibbs_shape_size(&variable->shape);
}
