#!/usr/bin/env node
'use strict'
const express = require('express')
const { chat, models: gpt = 1, ...rest } = require('./service')
var routes = require('./routes')(express), lazy = () => require('./lazy')
const Third = require('./third').default
exports.one = function () { return 1 }
module.exports.two = two
module.exports = { chat, stop() {}, limit: make(3), ['com' + 'puted']: 1 }
require('./side')
const { deep: { er } } = require("./deep")
