/* client.c - a C program that uses the installed library. */
#include <gibbs/gibbs.h>
#include <stdio.h>

int main(void) {
  gibbs_lattice *lattice;
  gibbs_error err;
  if (gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (const size_t[]){3, 3}, true, &lattice, &err) != GIBBS_OK) {
    fprintf(stderr, "%s\n", err.message);
    return 1;
  }
  printf("%zu sites, %zu bonds\n", gibbs_lattice_sites(lattice), gibbs_lattice_bond_count(lattice));
  gibbs_lattice_release(lattice);
  return 0;
}
