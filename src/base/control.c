/* control.c - the flag that asks long computations to stop. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/control.h"

#include <stdatomic.h>
#include <stddef.h>

typedef bool gibbs_asked(void *context);

/* Lock-free, hence safe in a signal handler. */
static atomic_bool stop_asked;
static atomic_int holds;
static _Atomic(gibbs_asked *) other;
static _Atomic(void *) other_context;

void gibbs_interrupt(void) {
  atomic_store(&stop_asked, true);
}

void gibbs_interrupt_ask(bool (*asked)(void *context), void *context) {
  atomic_store(&other, NULL);
  atomic_store(&other_context, context);
  atomic_store(&other, asked);
}

static bool other_asks(void) {
  gibbs_asked *asked = atomic_load_explicit(&other, memory_order_acquire);
  return asked && asked(atomic_load_explicit(&other_context, memory_order_relaxed));
}

bool gibbs_interrupted(void) {
  return (atomic_load_explicit(&stop_asked, memory_order_relaxed) || other_asks()) &&
         atomic_load_explicit(&holds, memory_order_relaxed) == 0;
}

void gibbs_interrupt_clear(void) {
  atomic_store(&stop_asked, false);
}

void gibbs_interrupt_hold(void) {
  atomic_fetch_add(&holds, 1);
}

bool gibbs_interrupt_held(void) {
  return atomic_load(&holds) > 0;
}

void gibbs_interrupt_release(void) {
  atomic_fetch_sub(&holds, 1);
}
