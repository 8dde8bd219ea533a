/* digest.c - expressions as numbers that outlive the process. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/digest.h"

#include <stdlib.h>
#include <string.h>

#include "graph.h"

uint64_t gibbs_digest_integer(uint64_t digest, uint64_t number) {
  return gibbs_hash_mix(digest, number);
}

uint64_t gibbs_digest_numbers(uint64_t digest, const double *numbers, size_t count) {
  digest = gibbs_hash_mix(digest, count);
  for (size_t k = 0; k < count; k++) {
    uint64_t bits;
    memcpy(&bits, &numbers[k], sizeof bits);
    digest = gibbs_hash_mix(digest, bits);
  }
  return digest;
}

uint64_t gibbs_digest_text(uint64_t digest, const char *text) {
  digest = gibbs_hash_mix(digest, strlen(text));
  for (; *text; text++) digest = gibbs_hash_mix(digest, (unsigned char)*text);
  return digest;
}

static uint64_t mix_shape(uint64_t digest, const gibbs_shape *shape) {
  digest = gibbs_hash_mix(digest, shape->rank);
  for (size_t k = 0; k < shape->rank; k++) digest = gibbs_hash_mix(digest, shape->extent[k]);
  return digest;
}

static uint64_t mix_variable(uint64_t digest, const gibbs_variable *variable) {
  digest = gibbs_hash_mix(digest, (uint64_t)gibbs_variable_domain(variable));
  digest = gibbs_hash_mix(digest, gibbs_variable_states(variable));
  return gibbs_digest_text(digest, gibbs_variable_name(variable));
}

static uint64_t mix_parameter(uint64_t digest, const gibbs_expr *node, const gibbs_digest_context *context) {
  digest = gibbs_digest_text(digest, gibbs_parameter_name(node->of.parameter));
  for (size_t k = 0; k < context->count; k++)
    if (context->varied[k] == node) return gibbs_hash_mix(digest, k);
  return gibbs_digest_numbers(digest, gibbs_parameter_values(node->of.parameter), node->size);
}

static gibbs_status mix_leaf(const gibbs_expr *node, const gibbs_digest_context *context, uint64_t *digest,
                             gibbs_error *err) {
  uint64_t functional = 0;
  gibbs_status status = GIBBS_OK;
  switch (node->kind) {
  case GIBBS_KIND_CONSTANT:
    *digest = gibbs_digest_numbers(*digest, gibbs_tensor_values(node->of.constant), node->size);
    break;
  case GIBBS_KIND_VARIABLE:
    *digest = mix_variable(*digest, node->of.variable);
    break;
  case GIBBS_KIND_PARAMETER:
    *digest = mix_parameter(*digest, node, context);
    break;
  case GIBBS_KIND_GATHER:
  case GIBBS_KIND_SCATTER:
    *digest = gibbs_hash_mix(*digest, node->of.index->hash);
    break;
  case GIBBS_KIND_FUNCTIONAL:
    if (context->functional) status = context->functional(context, node->of.functional, &functional, err);
    *digest = gibbs_hash_mix(*digest, functional);
    break;
  default:
    break;
  }
  return status;
}

static gibbs_status mix_node(const gibbs_expr *node, const gibbs_digest_context *context, uint64_t *digest,
                             gibbs_error *err) {
  *digest = gibbs_hash_mix((uint64_t)node->kind << 16, (uint64_t)node->op);
  *digest = gibbs_hash_mix(*digest, (uint64_t)node->transpose[0] | (uint64_t)node->transpose[1] << 1);
  *digest = mix_shape(*digest, &node->shape);
  return mix_leaf(node, context, digest, err);
}

gibbs_status gibbs_expr_digest(gibbs_expr *expr, const gibbs_digest_context *context, uint64_t *out,
                               gibbs_error *err) {
  gibbs_tape tape;
  gibbs_status status = gibbs_tape_new(&expr, 1, &tape, err);
  if (status != GIBBS_OK) return status;
  uint64_t *digests = malloc((tape.length + 1) * sizeof *digests);
  if (!digests) status = gibbs_fail_memory(err, "the digest of an expression", (tape.length + 1) * sizeof *digests);
  for (size_t i = 0; status == GIBBS_OK && i < tape.length; i++) {
    status = mix_node(tape.nodes[i], context, &digests[i], err);
    for (size_t k = 0; k < tape.nodes[i]->argument_count; k++)
      digests[i] = gibbs_hash_mix(digests[i], digests[tape.slots[tape.first[i] + k]]);
  }
  if (status == GIBBS_OK) *out = digests[tape.length - 1];
  gibbs_tape_free(&tape);
  free(digests);
  return status;
}
