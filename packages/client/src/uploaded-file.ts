/** A file that was sent to the server, under the name that the server gave it. */
import { RemoteFile } from './remote-file.ts';

export class UploadedFile extends RemoteFile {
  /** What a node's input is set to: give the file itself to `inputs`, or this text. */
  get inputValue(): string {
    const path = this.subfolder === '' ? this.filename : `${this.subfolder}/${this.filename}`;
    return this.folder === 'input' ? path : `${path} [${this.folder}]`;
  }
}
