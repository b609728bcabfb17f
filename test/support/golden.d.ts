/** All files of ../shared/golden, parsed, by path; null where the folder is missing. See scripts/golden-files.mjs. */
declare module "virtual:golden" {
  const files: Readonly<Record<string, unknown>> | null;
  export default files;
}
