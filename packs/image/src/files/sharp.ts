/** The library that reads and writes picture files. It takes a tenth of a second to load, and many prompts need no file. */
export const loadSharp = async () => (await import('sharp')).default;
