/* test_files.c - JSON and CSV come back as they were written, and what is wrong with them is said in words. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <float.h>
#include <locale.h>
#include <math.h>

#include "files_scratch.h"
#include "gibbs/files.h"

/* The message of a failed read, without the file's name. */
static const char *read_message(const char *ending, const char *text) {
  static gibbs_error err;
  const char *path = scratch(ending);
  gibbs_value *untouched = (gibbs_value *)&err, *value = untouched;
  put(path, text, strlen(text));
  gibbs_status status = gibbs_file_read(path, &value, &err);
  unlink(path);
  cr_assert(status != GIBBS_OK, "'%s' was read", text);
  cr_assert(value == untouched);
  cr_assert(err.message[0] == '\'' && strncmp(err.message + 1, path, strlen(path)) == 0, "%s", err.message);
  return err.message + strlen(path) + 2;
}

Test(files, every_double_survives_json) {
  enum { count = 20000 };
  static double numbers[count] = {0.1,  -0.0,       1.0 / 3, 5e-324, DBL_MAX, DBL_MIN, 9007199254740993.0,
                                  1e22, 123456789.0};
  unsigned long long state = 1;
  for (size_t i = 9; i < count; i++) do {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      memcpy(&numbers[i], &state, sizeof state);
    } while (!isfinite(numbers[i]));
  const char *path = scratch(".json");
  gibbs_value *list = number_list(numbers, count), *back = NULL;
  gibbs_error err = {0};
  cr_assert(gibbs_file_write(path, list, &err) == GIBBS_OK, "%s", err.message);
  cr_assert(gibbs_file_read(path, &back, &err) == GIBBS_OK, "%s", err.message);
  cr_assert(gibbs_value_count(back) == count);
  for (size_t i = 0; i < count; i++)
    cr_assert(same_bits(gibbs_value_as_number(gibbs_value_item(back, i)), numbers[i]), "%.17g", numbers[i]);
  unlink(path);
  gibbs_value_free(list);
  gibbs_value_free(back);
}

Test(files, json_keeps_names_order_and_kinds) {
  gibbs_value *value = read_text(".json", "{\"b\": [1, \"x\\u00e9\", true, null], \"a\": {}}");
  cr_assert(gibbs_value_kind_of(value) == GIBBS_VALUE_MAP && gibbs_value_count(value) == 2);
  cr_assert_str_eq(gibbs_value_name(value, 0), "b");
  const gibbs_value *list = gibbs_value_get(value, "b");
  cr_assert(gibbs_value_as_number(gibbs_value_item(list, 0)) == 1);
  cr_assert_str_eq(gibbs_value_as_string(gibbs_value_item(list, 1), NULL), "x\xC3\xA9");
  cr_assert(gibbs_value_as_bool(gibbs_value_item(list, 2)));
  cr_assert(gibbs_value_kind_of(gibbs_value_item(list, 3)) == GIBBS_VALUE_NULL);
  cr_assert(gibbs_value_kind_of(gibbs_value_get(value, "a")) == GIBBS_VALUE_MAP);
  gibbs_value_free(value);
}

Test(files, json_messages_name_line_column_and_what_is_expected) {
  static const char *const rows[][2] = {
      {"{\n  \"a\": [1, 2,\n  \"b\": 3}", " line 3, column 6: expected ',' or ']', found ':'"},
      {"[1 2]", " line 1, column 4: expected ',' or ']', found '2'"},
      {"{\"a\":1,}", " line 1, column 8: expected a name in double quotes, found '}'"},
      {"{a: 1}", " line 1, column 2: expected a name in double quotes or '}', found 'a'"},
      {"{\"a\" 1}", " line 1, column 6: expected ':', ',' or '}', found '1'"},
      {"[\"\xC3\xA9\", tru]", " line 1, column 7: expected a value, found 't'"},
      {"[1, 2,\n", " line 2, column 1: expected a value, but the file ends here"},
      {"", " line 1, column 1: expected a value, but the file ends here"},
      {"[1]]", " line 1, column 4: expected the end of the file, found ']'"},
      {"[\"abc", " line 1, column 2: this string is not closed"},
      {"[\"a\nb\"]", " line 1, column 4: a control character inside a string; write it as \\u00XX"},
      {"[\"a\\u0000b\"]", " line 1, column 4: the character \\u0000 is not supported"},
      {"[1, 1e999]", ": [2]: the number is too large for a double"},
      {"[{\"a\": 1, \"a\": 2}]", ": [1]: the name 'a' occurs twice"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    cr_expect_str_eq(read_message(".json", rows[i][0]), rows[i][1]);
}

Test(files, json_deeper_than_the_limit_is_refused) {
  char text[2 * GIBBS_VALUE_MAX_DEPTH + 4] = "";
  memset(text, '[', GIBBS_VALUE_MAX_DEPTH);
  memset(text + GIBBS_VALUE_MAX_DEPTH, ']', GIBBS_VALUE_MAX_DEPTH);
  gibbs_value_free(read_text(".json", text));
  memset(text, '[', GIBBS_VALUE_MAX_DEPTH + 1);
  cr_expect_str_eq(read_message(".json", text), " line 1, column 201: nested more than 200 levels deep");
}

Test(files, nan_is_refused_by_json_with_its_place_and_nothing_is_left) {
  const char *path = scratch(".json");
  put(path, "[7]", 3);
  double numbers[] = {1, NAN};
  gibbs_value *map = gibbs_value_map(), *cases = gibbs_value_list();
  cr_assert(gibbs_value_append(cases, number_list(numbers, 2), NULL) == GIBBS_OK);
  cr_assert(gibbs_value_set(map, "cases", cases, NULL) == GIBBS_OK);
  gibbs_error err;
  cr_assert(gibbs_file_write(path, map, &err) == GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "cases[1][2] is nan, which JSON cannot hold") != NULL, "%s", err.message);
  gibbs_value *before = NULL;
  cr_assert(gibbs_file_read(path, &before, &err) == GIBBS_OK);
  cr_expect(gibbs_value_as_number(gibbs_value_item(before, 0)) == 7);
  unlink(path);
  gibbs_value_free(before);
  gibbs_value_free(map);
}

Test(files, csv_columns_are_numbers_or_strings) {
  gibbs_value *value = read_text(".csv", "\xEF\xBB\xBFK,name,F\r\n0.1,\"a \"\"b\"\",\nc\",\r\n\r\n-2e3,\"1\",inf\n");
  const gibbs_value *K = gibbs_value_get(value, "K"), *name = gibbs_value_get(value, "name"),
                    *F = gibbs_value_get(value, "F"), *columns = gibbs_value_get(value, "columns");
  cr_assert(K && name && F && gibbs_value_count(columns) == 3);
  cr_expect_str_eq(gibbs_value_as_string(gibbs_value_item(columns, 2), NULL), "F");
  cr_expect(gibbs_value_as_number(gibbs_value_item(K, 1)) == -2000);
  cr_expect_str_eq(gibbs_value_as_string(gibbs_value_item(name, 0), NULL), "a \"b\",\nc");
  cr_expect_str_eq(gibbs_value_as_string(gibbs_value_item(name, 1), NULL), "1");
  cr_expect(isnan(gibbs_value_as_number(gibbs_value_item(F, 0))));
  cr_expect(isinf(gibbs_value_as_number(gibbs_value_item(F, 1))));
  gibbs_value_free(value);
}

Test(files, csv_of_numbers_is_a_matrix) {
  gibbs_value *value = read_text(".csv", "1,2,3\n4,5,6\n");
  gibbs_tensor *tensor = gibbs_value_as_tensor(value);
  gibbs_shape shape = gibbs_shape_matrix(2, 3);
  cr_assert(tensor && gibbs_shape_equal(gibbs_tensor_shape(tensor), &shape));
  cr_expect(gibbs_tensor_values(tensor)[3] == 4);
  gibbs_value_free(value);
}

Test(files, csv_messages_name_line_and_column) {
  static const char *const rows[][2] = {
      {"", ": the file has no rows"},
      {"a,b\n1\n", " line 2, column 1: this row has 1 fields, but the first row has 2"},
      {"a,b\n1,\"x\n", " line 2, column 3: this quote is not closed"},
      {"a,b\n1,\"x\"y\n", " line 2, column 6: expected ',' or the end of the line"},
      {"a,b\n1,x\"y\n", " line 2, column 4: a quote inside a field that does not begin with one"},
      {"a,,c\n1,2,3\n", " line 1, column 3: this column has no name"},
      {"a,a\n1,2\n", ": the name 'a' occurs twice"},
      {"a,columns\n1,2\n",
       " line 1, column 3: a column may not be called 'columns', which lists the names; rename it"},
      {"1,2\n3,0x4\n", " line 2, column 3: not a number; a file whose first row is all numbers is a matrix, other "
                       "columns need names"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    cr_expect_str_eq(read_message(".csv", rows[i][0]), rows[i][1]);
}

/* What a file holds, for comparisons of text. */
static const char *written_text(const char *ending, const gibbs_value *value) {
  static char text[1000];
  const char *path = scratch(ending);
  gibbs_error err;
  gibbs_status status = gibbs_file_write(path, value, &err);
  cr_assert(status == GIBBS_OK, "%s", err.message);
  FILE *stream = fopen(path, "rb");
  text[fread(text, 1, sizeof text - 1, stream)] = '\0';
  fclose(stream);
  unlink(path);
  return text;
}

Test(files, csv_is_written_in_each_of_its_forms) {
  const char *text = "K,\"a,b\",\"1\"\n0.1,x,-0\n1e-300,\"12\",nan\n";
  gibbs_value *value = read_text(".csv", text);
  cr_expect_str_eq(written_text(".csv", value), text);
  gibbs_value_free(value);
  value = read_text(".json", "{\"header\": [\"x\", \"y\"], \"rows\": [[1, \"\"], [null, true]]}");
  cr_expect_str_eq(written_text(".csv", value), "x,y\n1,\"\"\n,true\n");
  gibbs_value_free(value);
  value = read_text(".json", "[[1, 2], [0.5, 3]]");
  cr_expect_str_eq(written_text(".csv", value), "1,2\n0.5,3\n");
  gibbs_value_free(value);
}

Test(files, an_unknown_ending_and_a_missing_file_are_named) {
  gibbs_value *value = NULL;
  gibbs_error err;
  cr_expect(gibbs_file_read("table.txt", &value, &err) == GIBBS_ERR_ARGUMENT);
  cr_expect(strncmp(err.message, "'table.txt': unknown ending '.txt'; the format is chosen by .json", 64) == 0, "%s",
            err.message);
  cr_expect(gibbs_file_read("/nowhere/x.json", &value, &err) == GIBBS_ERR_FILE);
  cr_expect_str_eq(err.message, "'/nowhere/x.json': cannot be opened: No such file or directory");
  cr_expect(gibbs_file_read("/tmp/.json/", &value, &err) != GIBBS_OK);
}

/* A locale with a decimal comma, made in a folder of our own; false where the system lacks the sources for one. */
static bool enter_comma_locale(const char *folder) {
  char command[600];
  snprintf(command, sizeof command, "mkdir -p %s && localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1",
           folder, folder);
  if (system(command) != 0) return false;
  setenv("LOCPATH", folder, 1);
  return setlocale(LC_ALL, "de_DE.UTF-8") != NULL && localeconv()->decimal_point[0] == ',';
}

Test(files, a_decimal_comma_changes_nothing) {
  char folder[220], command[240];
  snprintf(folder, sizeof folder, "%s", scratch(".locale"));
  bool entered = enter_comma_locale(folder);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  cr_assert(system(command) == 0);
  if (!entered) cr_skip_test("no locale with a decimal comma can be made here");
  gibbs_value *value = read_text(".json", "[[1.5, -2.25e-3]]");
  cr_expect_str_eq(written_text(".csv", value), "1.5,-0.00225\n");
  cr_expect(strstr(written_text(".json", value), "[1.5, -0.00225]") != NULL);
  gibbs_value *matrix = read_text(".csv", "1.5,-2.25e-3\n");
  cr_expect(gibbs_tensor_values(gibbs_value_as_tensor(matrix))[1] == -0.00225);
  cr_expect(localeconv()->decimal_point[0] == ',', "the caller's locale was changed");
  gibbs_value_free(value);
  gibbs_value_free(matrix);
}
