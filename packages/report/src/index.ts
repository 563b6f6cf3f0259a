/** The report's pages. */
export {}
