/* client.c - a C program that uses the installed library: a lattice; and, with a path, a model in a file. */
#include <gibbs/gibbs.h>
#include <stdio.h>

static gibbs_status count_bonds(gibbs_error *err) {
  gibbs_lattice *lattice = NULL;
  gibbs_status status = gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (const size_t[]){3, 3}, true, &lattice, err);
  if (status != GIBBS_OK) return status;
  printf("%zu sites, %zu bonds\n", gibbs_lattice_sites(lattice), gibbs_lattice_bond_count(lattice));
  gibbs_lattice_release(lattice);
  return GIBBS_OK;
}

static gibbs_status load_model(const char *path, gibbs_error *err) {
  gibbs_graph *graph = NULL;
  gibbs_distribution *Q = NULL;
  double F = 0;
  gibbs_status status = gibbs_graph_new(&graph, err);
  if (status == GIBBS_OK) status = gibbs_model_load(graph, path, NULL, &Q, err);
  if (status == GIBBS_OK) status = gibbs_exact_free_energy(Q, &F, err);
  if (status == GIBBS_OK) printf("%s, F = %.12f\n", gibbs_distribution_family(Q), F);
  gibbs_distribution_release(Q);
  gibbs_graph_release(graph);
  return status;
}

int main(int argc, char *argv[]) {
  gibbs_error err;
  gibbs_status status = argc > 1 ? load_model(argv[1], &err) : count_bonds(&err);
  if (status != GIBBS_OK) fprintf(stderr, "%s\n", err.message);
  return status != GIBBS_OK;
}
