/** Set by build.mjs: which version this is, and the addresses of its files. */
declare const VERSION: string;
declare const FILES: string[];
