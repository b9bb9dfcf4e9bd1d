import { createContext } from "react";
import { type Theme, themeFor } from "./theme.ts";

/** How the components below look. */
export const ThemeContext = createContext<Theme>(themeFor({}));
