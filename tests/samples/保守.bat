@echo off
rem ’èŠú•ÛŽç
xcopy C:\log D:\log /s
