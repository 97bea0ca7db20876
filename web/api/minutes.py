from flask import Blueprint

blueprint = Blueprint("api_minutes", __name__)
