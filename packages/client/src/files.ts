/** How files of the server are reached. */
import type { Query } from './credentials.ts';
import type { Http } from './http.ts';
import { viewQuery } from './remote-file.ts';
import type { FileAccess, FilePlace, ViewOptions } from './remote-file.ts';

export function fileAccess(http: Http): FileAccess {
  return {
    url: (query: Query) => http.url('/view', query),
    open: (query, signal) => http.open('/view', { query, signal }),
    read: (query, signal, read) => http.send('/view', { query, signal, isLong: true }, read),
  };
}

export function viewUrl(http: Http, place: FilePlace, options: ViewOptions | undefined): string {
  return http.url('/view', viewQuery(place, options));
}
