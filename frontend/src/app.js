/* What every page runs: figures that move, charts once they are seen, the palette and its keys. */
import "./live.js";
import "./figures.js";
import "./keys.js";
