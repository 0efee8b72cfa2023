#!/usr/bin/env node
// A file that is there before the build, so that a package manager can link it as a command.
import "../dist/cli/main.js";
