/* gl_estimate.c - numbers with how they were obtained, and how they print. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_estimate.h"

#include <math.h>
#include <stdio.h>

#include "gl_argument.h"
#include "gl_class.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_record.h"
#include "gl_state.h"

/* ---- printing: -21.0643(12), two digits of error ---------------------------------------------------------- */

static void print_with_error(char *text, size_t size, double value, double error) {
  int exponent = (int)floor(log10(error));
  double unit = pow(10, exponent - 1);
  double digits = round(error / unit);
  if (digits >= 100) {
    digits /= 10;
    exponent++;
  }
  int decimals = 1 - exponent;
  if (decimals >= 0)
    snprintf(text, size, "%.*f(%.0f)", decimals, value, digits);
  else
    snprintf(text, size, "%.0f(%.0f)", value, digits * pow(10, -decimals));
}

void gl_number_print(char *text, size_t size, double value, double error) {
  if (error > 0 && isfinite(error) && isfinite(value))
    print_with_error(text, size, value, error);
  else
    snprintf(text, size, "%.14g", value);
}

enum { ELEMENTS_SHOWN = 6 };

/* The tensors of values and errors are on the top of the stack. */
static void add_tensor(lua_State *L, luaL_Buffer *text, int value, int error) {
  const gibbs_expr *values = gl_test(L, value, &gl_expression), *errors = gl_test(L, error, &gl_expression);
  const gibbs_tensor *v = values ? gibbs_expr_as_constant(values) : NULL;
  const gibbs_tensor *e = errors ? gibbs_expr_as_constant(errors) : NULL;
  if (!v || gibbs_tensor_size(v) > ELEMENTS_SHOWN || !e || gibbs_tensor_size(e) != gibbs_tensor_size(v)) {
    luaL_tolstring(L, value, NULL);
    luaL_addvalue(text);
    return;
  }
  char element[96];
  for (size_t i = 0; i < gibbs_tensor_size(v); i++) {
    gl_number_print(element, sizeof element, gibbs_tensor_values(v)[i], gibbs_tensor_values(e)[i]);
    if (i > 0) luaL_addchar(text, ' ');
    luaL_addstring(text, element);
  }
}

static int estimate_print(lua_State *L) {
  lua_settop(L, 1);
  lua_getfield(L, 1, "value");
  lua_getfield(L, 1, "error");
  lua_getfield(L, 1, "converged");
  lua_getfield(L, 1, "why");
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  if (lua_type(L, 2) == LUA_TNUMBER) {
    char number[96];
    gl_number_print(number, sizeof number, lua_tonumber(L, 2), lua_tonumber(L, 3));
    luaL_addstring(&text, number);
  } else {
    add_tensor(L, &text, 2, 3);
  }
  if (!lua_toboolean(L, 4)) {
    luaL_addstring(&text, " (not converged: ");
    luaL_addstring(&text, lua_tostring(L, 5));
    luaL_addchar(&text, ')');
  }
  luaL_pushresult(&text);
  return 1;
}

static int estimate_is_no_number(lua_State *L) {
  return gl_fail(
      L, "estimate: an estimate is a table of value, error, ess, tau and method, not a number; use its .value");
}

/* "F = " .. F */
static int estimate_concat(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  luaL_tolstring(L, 2, NULL);
  lua_concat(L, 2);
  return 1;
}

static const luaL_Reg estimate_meta[] = {{"__add", estimate_is_no_number},
                                         {"__sub", estimate_is_no_number},
                                         {"__mul", estimate_is_no_number},
                                         {"__div", estimate_is_no_number},
                                         {"__pow", estimate_is_no_number},
                                         {"__unm", estimate_is_no_number},
                                         {"__mod", estimate_is_no_number},
                                         {"__idiv", estimate_is_no_number},
                                         {"__lt", estimate_is_no_number},
                                         {"__le", estimate_is_no_number},
                                         {"__tostring", estimate_print},
                                         {"__concat", estimate_concat},
                                         {NULL, NULL}};

/* ---- making ------------------------------------------------------------------------------------------------- */

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

static void set_count(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static void set_text(lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

int gl_estimate_push(lua_State *L, const gibbs_estimate *rest, const char *method) {
  lua_createtable(L, 0, 11);
  lua_insert(L, -3);
  lua_setfield(L, -3, "error");
  lua_setfield(L, -2, "value");
  set_number(L, "ess", rest->ess);
  set_number(L, "tau", rest->tau);
  set_number(L, "tau_error", rest->tau_error);
  set_number(L, "r_hat", rest->r_hat);
  set_count(L, "warm_up", rest->warm_up);
  set_count(L, "sweeps", rest->rows);
  bool converged = rest->converged || gl_state_of(L)->hopeful;
  lua_pushboolean(L, converged);
  lua_setfield(L, -2, "converged");
  set_text(L, "why", converged ? "" : rest->why);
  set_text(L, "method", method);
  gl_record(L, "estimate", estimate_meta);
  return 1;
}

int gl_estimate_plain(lua_State *L, double value, double error, const char *doubt, const char *method) {
  const gibbs_estimate rest = {.ess = (double)NAN,
                               .tau = (double)NAN,
                               .tau_error = (double)NAN,
                               .r_hat = (double)NAN,
                               .converged = doubt == NULL,
                               .why = doubt == NULL ? "" : doubt};
  lua_pushnumber(L, value);
  lua_pushnumber(L, error);
  return gl_estimate_push(L, &rest, method);
}

int gl_estimate_exact_by(lua_State *L, const char *method) {
  static const gibbs_estimate rest = {.ess = HUGE_VAL, .r_hat = 1, .converged = true, .why = ""};
  lua_pushnumber(L, 0);
  return gl_estimate_push(L, &rest, method);
}

int gl_estimate_exact(lua_State *L) {
  return gl_estimate_exact_by(L, "exact");
}

/* An error of 0 is that of an exact sum; chains that sit still in one valley give it too. */
static void doubt_stillness(lua_State *L, gibbs_estimate *rest) {
  if (lua_type(L, -1) != LUA_TNUMBER || lua_tonumber(L, -1) != 0 || !rest->converged) return;
  rest->converged = false;
  rest->why = "it had the same value all the time, from which no error can be told";
}

int gl_estimate_with(lua_State *L, const gl_sampled *from, const gibbs_estimate *rest) {
  gibbs_estimate sweeps = *rest;
  doubt_stillness(L, &sweeps);
  sweeps.tau *= (double)from->every;
  sweeps.tau_error *= (double)from->every;
  sweeps.rows *= from->every;
  sweeps.warm_up = from->ahead + rest->warm_up * from->every;
  return gl_estimate_push(L, &sweeps, from->method);
}

static void take_worse(gibbs_estimate *worst, const gibbs_estimate *one) {
  if (worst->converged && !one->converged) worst->why = one->why;
  worst->converged &= one->converged;
  if (one->tau > worst->tau) {
    worst->tau = one->tau;
    worst->tau_error = one->tau_error;
  }
  worst->ess = fmin(worst->ess, one->ess);
  worst->r_hat = fmax(worst->r_hat, one->r_hat);
  if (one->warm_up > worst->warm_up) worst->warm_up = one->warm_up;
  if (one->rows < worst->rows) worst->rows = one->rows;
}

/* Means and errors may be NULL. */
static gibbs_status read_means(const gl_sampled *from, size_t first, size_t count, double *values, double *errors,
                               gibbs_estimate *out, gibbs_error *err) {
  gibbs_estimate worst = {0};
  for (size_t i = 0; i < count; i++) {
    gibbs_estimate one;
    gibbs_status status = gibbs_series_mean(from->series, first + i, from->warm_up, &one, err);
    if (status != GIBBS_OK) return status;
    if (values) values[i] = one.value;
    if (errors) errors[i] = one.error;
    if (i == 0)
      worst = one;
    else
      take_worse(&worst, &one);
  }
  *out = worst;
  return GIBBS_OK;
}

gibbs_status gl_worst(const gl_sampled *from, size_t first, size_t count, gibbs_estimate *out, gibbs_error *err) {
  return read_means(from, first, count, NULL, NULL, out, err);
}

int gl_estimate_sampled(lua_State *L, const gl_sampled *from, const gibbs_shape *shape, size_t first,
                        const char *who) {
  size_t count = gibbs_shape_size(shape);
  gibbs_estimate worst;
  gibbs_error err;
  double *values = gibbs_tensor_data(gl_tensor_new(L, shape));
  double *errors = gibbs_tensor_data(gl_tensor_new(L, shape));
  gibbs_status status = read_means(from, first, count, values, errors, &worst, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  gl_tensor_finish_value(L);
  lua_insert(L, -2);
  gl_tensor_finish_value(L);
  lua_insert(L, -2);
  return gl_estimate_with(L, from, &worst);
}
