/**
 * Data that nobody has checked, where the package that this entry stands in for has it so: programs written for it read
 * members without asking first, and they must compile. Our own code never relies on it.
 */
export type Loose = ReturnType<typeof JSON.parse>;
