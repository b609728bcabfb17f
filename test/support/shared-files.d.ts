/** All files of ../shared/golden, parsed, by path; null where the folder is missing. See scripts/shared-files.mjs. */
declare module "virtual:golden" {
  const files: Readonly<Record<string, unknown>> | null;
  export default files;
}

/** All files of ../shared/vectors, parsed, by path; null where the folder is missing. */
declare module "virtual:vectors" {
  const files: Readonly<Record<string, unknown>> | null;
  export default files;
}

/** The text of ../shared/MODEL.md, null where it is missing. */
declare module "virtual:model" {
  const text: string | null;
  export default text;
}
