#!/usr/bin/env node
/** `npx bakeoff …`: starts where every npm script starts, so a fresh clone is set up first. */
import '../../../scripts/bootstrap.mjs'
