/** `margrave/sobol-21201`: direction numbers for 21,201 dimensions, half a megabyte of them, apart so that who needs fewer loads none. */
import type { Directions } from "../sobol/directions.js";
import { packed } from "./joe-kuo.js";

/** Those of Joe and Kuo for 21,201 dimensions: all whose polynomial is of degree 18 or less. */
export const joeKuo21201: Directions = Object.freeze({ name: "new-joe-kuo-6.21201", dimensions: 21_201, packed });
