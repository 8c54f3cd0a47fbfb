#!/usr/bin/env node
// Here before anything is built, so that installing can link it.
import '../dist/main.js';
