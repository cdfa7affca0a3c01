declare module '*.css';
declare module '*.svg' {
  const address: string;
  export default address;
}
declare module '*?raw' {
  const text: string;
  export default text;
}
declare module '*.jpg' {
  const address: string;
  export default address;
}
