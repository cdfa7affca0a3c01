/** What the editor knows of the nodes that a server has. */
export { categoryTree } from './category-tree.ts';
export type { Category } from './category-tree.ts';
export { frontEndRole } from './front-end-nodes.ts';
export type { FrontEndRole } from './front-end-nodes.ts';
export { readCatalogue } from './read-catalogue.ts';
export { defaultOf } from './read-inputs.ts';
export { createSearch } from './search.ts';
export type { LinkWanted, NodeSearch, SearchHit, SearchOptions } from './search.ts';
export { typesConnect } from '@snug/graph';
export type * from './types.ts';
