/** Plugins that come along, as `plugins`. */
export { LoginAuthPlugin } from './plugin.ts';
