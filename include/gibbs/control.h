/* gibbs/control.h - how a long computation is asked to stop.
 *
 * Promises: a computation that sees the flag returns GIBBS_ERR_INTERRUPT at its next step and leaves everything
 * valid; the flag stays up until it is cleared.  One flag a process, because Ctrl-C is one a process. Knows nothing
 * of signals: the program decides what raises the flag. */
#ifndef GIBBS_CONTROL_H
#define GIBBS_CONTROL_H

#include <stdbool.h>

/* Ask running computations to stop.  Safe in signal handlers and from any thread. */
void gibbs_interrupt(void);
bool gibbs_interrupted(void);
void gibbs_interrupt_clear(void);
/* While held (calls nest), gibbs_interrupted() says false and the flag waits: around work that must not be left half
 * done, and is short. */
void gibbs_interrupt_hold(void);
void gibbs_interrupt_release(void);
bool gibbs_interrupt_held(void);
/* Where else to look than at the flag, for a host that has its own way to be told of Ctrl-C; NULL: nowhere.  `asked`
 * is called often and from any thread: it only looks. */
void gibbs_interrupt_ask(bool (*asked)(void *context), void *context);

#endif
