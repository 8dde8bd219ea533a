/* files_hdf5.h - the functions of the HDF5 library, which is loaded when the first HDF5 file is met.
 *
 * Linking it would bring in thirty further libraries and several milliseconds at the start of every program. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_FILES_HDF5_H
#define GIBBS_RUN_FILES_HDF5_H

#include <hdf5.h>

#include "files_format.h"

/* The constants of the headers would call the library before it is there; it is open and checked when we use them. */
#undef H5OPEN
#define H5OPEN
#undef H5CHECK
#define H5CHECK

#define HDF5_FUNCTION_LIST(X)                                                                                        \
  X(H5open)                                                                                                          \
  X(H5get_libversion)                                                                                                \
  X(H5Eget_auto2)                                                                                                    \
  X(H5Eset_auto2)                                                                                                    \
  X(H5Ewalk2)                                                                                                        \
  X(H5Fcreate)                                                                                                       \
  X(H5Fopen)                                                                                                         \
  X(H5Fclose)                                                                                                        \
  X(H5Gcreate2)                                                                                                      \
  X(H5Gget_info)                                                                                                     \
  X(H5Lget_info_by_idx)                                                                                              \
  X(H5Lget_name_by_idx)                                                                                              \
  X(H5Oopen)                                                                                                         \
  X(H5Oclose)                                                                                                        \
  X(H5Iget_type)                                                                                                     \
  X(H5Dcreate2)                                                                                                      \
  X(H5Dwrite)                                                                                                        \
  X(H5Dread)                                                                                                         \
  X(H5Dclose)                                                                                                        \
  X(H5Dget_type)                                                                                                     \
  X(H5Dget_space)                                                                                                    \
  X(H5Dget_create_plist)                                                                                             \
  X(H5Dget_storage_size)                                                                                             \
  X(H5Dvlen_reclaim)                                                                                                 \
  X(H5Aget_num_attrs)                                                                                                \
  X(H5Aopen_by_idx)                                                                                                  \
  X(H5Acreate2)                                                                                                      \
  X(H5Awrite)                                                                                                        \
  X(H5Aread)                                                                                                         \
  X(H5Aclose)                                                                                                        \
  X(H5Aget_name)                                                                                                     \
  X(H5Aget_type)                                                                                                     \
  X(H5Aget_space)                                                                                                    \
  X(H5Pcreate)                                                                                                       \
  X(H5Pclose)                                                                                                        \
  X(H5Pget_external_count)                                                                                           \
  X(H5Pget_layout)                                                                                                   \
  X(H5Pset_obj_track_times)                                                                                          \
  X(H5Pset_userblock)                                                                                                \
  X(H5Pset_libver_bounds)                                                                                            \
  X(H5Screate)                                                                                                       \
  X(H5Screate_simple)                                                                                                \
  X(H5Sclose)                                                                                                        \
  X(H5Sget_simple_extent_type)                                                                                       \
  X(H5Sget_simple_extent_ndims)                                                                                      \
  X(H5Sget_simple_extent_dims)                                                                                       \
  X(H5Tcopy)                                                                                                         \
  X(H5Tclose)                                                                                                        \
  X(H5Tget_class)                                                                                                    \
  X(H5Tget_size)                                                                                                     \
  X(H5Tget_sign)                                                                                                     \
  X(H5Tget_strpad)                                                                                                   \
  X(H5Tget_nmembers)                                                                                                 \
  X(H5Tget_member_name)                                                                                              \
  X(H5Tis_variable_str)                                                                                              \
  X(H5Tset_size)                                                                                                     \
  X(H5Tset_strpad)                                                                                                   \
  X(H5Tset_cset)                                                                                                     \
  X(H5Tenum_create)                                                                                                  \
  X(H5Tenum_insert)                                                                                                  \
  X(H5free_memory)

/* Types and classes that the library makes when it opens: variables, not constants. */
#define HDF5_VARIABLE_LIST(X)                                                                                        \
  X(H5T_IEEE_F64LE_g)                                                                                                \
  X(H5T_NATIVE_DOUBLE_g)                                                                                             \
  X(H5T_STD_I8LE_g)                                                                                                  \
  X(H5T_STD_I64LE_g)                                                                                                 \
  X(H5T_STD_U64LE_g)                                                                                                 \
  X(H5T_C_S1_g)                                                                                                      \
  X(H5P_CLS_DATASET_CREATE_ID_g)                                                                                     \
  X(H5P_CLS_GROUP_CREATE_ID_g)                                                                                       \
  X(H5P_CLS_FILE_CREATE_ID_g)                                                                                        \
  X(H5P_CLS_FILE_ACCESS_ID_g)

typedef struct hdf5_library {
#define X(name) __typeof__(name) *name;
  HDF5_FUNCTION_LIST(X)
#undef X
#define X(name) hid_t name;
  HDF5_VARIABLE_LIST(X)
#undef X
} hdf5_library;

/* Load the library if it is not yet there: once, before the children that use it are made. */
gibbs_status gibbs_hdf5_load(gibbs_error *err) GIBBS_CHECKED;

/* Load it, and keep its error messages to ourselves until gibbs_hdf5_leave. */
typedef struct hdf5_session {
  H5E_auto2_t report;
  void *context;
} hdf5_session;

gibbs_status gibbs_hdf5_enter(const hdf5_library **out, hdf5_session *session, gibbs_error *err) GIBBS_CHECKED;
void gibbs_hdf5_leave(const hdf5_session *session);

/* "what: " and the innermost reason on HDF5's own stack of errors. */
gibbs_status gibbs_hdf5_fail(const hdf5_library *h5, const char *what, gibbs_error *err);

#endif
