from flask import Blueprint

blueprint = Blueprint("api_statistics", __name__)
