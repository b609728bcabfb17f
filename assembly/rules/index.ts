/** The ABI of the second module: kernels of composed rules, on the first module's memory. No logic here. */
export { descriptorBytes } from "../book/book";
