/** This package's version, as the service sees it in `User-Agent`; a test holds it to package.json. */
export const version: string = "0.0.0";
