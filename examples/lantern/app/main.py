"""Lantern: chat and pictures for the public."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from app import accounts, chat, complaints, moderation_desk, pages, pictures, rights

app = FastAPI(title="Lantern")
app.include_router(pages.router)
app.include_router(accounts.router, prefix="/api/accounts")
app.include_router(chat.router, prefix="/api")
app.include_router(pictures.router, prefix="/api")
app.include_router(complaints.router, prefix="/api")
app.include_router(rights.router, prefix="/api/me")
app.include_router(moderation_desk.router, prefix="/api/desk")
app.mount("/static", StaticFiles(directory="static"), name="static")
