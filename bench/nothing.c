/* SPDX-License-Identifier: ISC */
/* A process that does nothing: what starting one costs.  Built static and dynamic. */
int main(void)
{
	return 0;
}
